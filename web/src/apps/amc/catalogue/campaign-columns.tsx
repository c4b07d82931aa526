import { t } from "@lingui/core/macro";

import type { Column } from "@/ui/table/columns";

import { plainWord } from "../words";
import { kindText } from "./kind-words";
import type { AdCampaign } from "./types";

const stateText = (row: AdCampaign) => (row.state === "" ? "–" : plainWord(row.state.toLowerCase()));

export function campaignColumns(): Column<AdCampaign>[] {
  return [
    {
      id: "name",
      sortable: true,
      label: t`Campaign`,
      width: "minmax(200px, 3fr)",
      cell: (row) => <span className="font-medium">{row.name}</span>,
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "kind",
      sortable: true,
      label: t`Type`,
      width: "minmax(144px, 1fr)",
      cell: (row) => kindText(row.kind),
      text: (row) => row.kind,
      onPhone: "state",
    },
    { id: "brand", sortable: true, label: t`Brand`, width: "minmax(110px, 1fr)", cell: (row) => row.brand || "–", text: (row) => row.brand, onPhone: "detail" },
    { id: "state", label: t`State`, width: "minmax(110px, 0.8fr)", cell: stateText, text: (row) => row.state, onPhone: "detail" },
    {
      id: "campaign_id",
      sortable: true,
      label: t`Id`,
      width: "minmax(140px, 1fr)",
      cell: (row) => <span className="font-mono text-muted">{row.campaign_id}</span>,
      text: (row) => row.campaign_id,
    },
  ];
}
