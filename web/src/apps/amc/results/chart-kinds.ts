import { t } from "@lingui/core/macro";

export const chartKinds = ["bar", "line", "heatmap", "sankey", "venn"] as const;
export type ChartKind = (typeof chartKinds)[number];

export function chartWord(kind: ChartKind): string {
  const words: Record<ChartKind, string> = {
    bar: t`Bars`,
    line: t`Line`,
    heatmap: t`Heat map`,
    sankey: t`Paths`,
    venn: t`Overlap`,
  };
  return words[kind];
}
