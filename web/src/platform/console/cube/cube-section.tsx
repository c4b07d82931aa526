import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Section, Sheet } from "@/ui/page";

import type { Cube } from "../status-types";
import { CubeMap } from "./cube-map";
import { CubeTable } from "./cube-table";

/** Metatron's Cube: the live map of the installation, and beside it the same in words. */
export function CubeSection({ cube }: { cube: Cube }) {
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Section
      title={<Trans>Metatron's Cube</Trans>}
      hint={
        <Trans>
          Who calls whom, counted over the last minute. The weight of a line is its rate, its colour how the calls end.
        </Trans>
      }
    >
      <Sheet className="grid items-center gap-x-34 gap-y-13 p-13 md:grid-cols-[minmax(0,1.272fr)_minmax(0,1fr)] md:p-21">
        <CubeMap cube={cube} chosen={chosen} onChoose={setChosen} />
        <CubeTable cube={cube} chosen={chosen} onChoose={setChosen} />
      </Sheet>
    </Section>
  );
}
