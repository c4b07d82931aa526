import { t } from "@lingui/core/macro";

import type { Chart, Comparison, Format, Grouping, MeasureKind } from "./types";

export function comparisonWord(comparison: Comparison): string {
  const words: Record<Comparison, string> = { previous: t`The time before`, year: t`A year before`, none: t`Nothing` };
  return words[comparison];
}

export function groupingWord(grouping: Grouping): string {
  const words: Record<Grouping, string> = { segment: t`Segments`, week: t`Weeks`, month: t`Months`, quarter: t`Quarters` };
  return words[grouping];
}

export function kindWord(kind: MeasureKind): string {
  const words: Record<MeasureKind, string> = {
    sum: t`Sum`,
    ratio: t`Ratio of two sums`,
    distinct: t`People, never added up`,
    last: t`Last value`,
    minimum: t`Least`,
    maximum: t`Greatest`,
  };
  return words[kind];
}

export function formatWord(format: Format): string {
  const words: Record<Format, string> = { number: t`Number`, percent: t`Per cent`, money: t`Money`, decimal: t`Decimals` };
  return words[format];
}

export function chartWord(chart: Chart): string {
  const words: Record<Chart, string> = { line: t`Line`, bar: t`Bars`, card: t`Figure only`, table: t`Table` };
  return words[chart];
}
