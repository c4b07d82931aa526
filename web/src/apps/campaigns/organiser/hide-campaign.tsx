import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";

import { patch } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { say } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Campaign } from "../types";

/** Takes a published campaign out of everybody's sight but its members', and back. */
export function HideCampaign({ campaign }: { campaign: Campaign }) {
  const may = useCan()(...permissions.create);
  const queries = useQueryClient();
  const record = ["/campaigns", campaign.id];
  const show = useAct<"hidden" | "published", Campaign>({
    work: (visibility) => patch(`/campaigns/${campaign.id}`, { visibility }),
    refresh: [record, ["/campaigns"]],
    refused: t`It is shown as it was`,
    onDone: (_, visibility) => {
      const hidden = visibility === "hidden";
      say({
        title: hidden ? t`Hidden: only those who joined still see it` : t`Everybody with the address sees it again`,
        undo: () => {
          show.mutate(hidden ? "published" : "hidden");
          void queries.invalidateQueries({ queryKey: record });
        },
      });
    },
  });
  if (!may) return null;
  const hidden = campaign.visibility === "hidden";
  return (
    <Button
      tone="quiet"
      busy={show.isPending}
      icon={hidden ? <Eye size={13} aria-hidden /> : <EyeOff size={13} aria-hidden />}
      onClick={() => show.mutate(hidden ? "published" : "hidden")}
    >
      {hidden ? <Trans>Show it again</Trans> : <Trans>Hide</Trans>}
    </Button>
  );
}
