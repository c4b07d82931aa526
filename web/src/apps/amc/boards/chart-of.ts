import type { EChartsCoreOption } from "echarts/core";

import { axis, shared, type Colours } from "../results/chart-options";
import { figureText } from "./figure-text";
import { spanText } from "./span-text";
import type { Point } from "./types";

export interface Line {
  name: string;
  points: readonly Point[];
}

/** The settled part of a line, and its provisional one with the last settled point it goes on from. */
export function partsOf(points: readonly Point[]): { settled: (number | null)[]; provisional: (number | null)[] } {
  return {
    settled: points.map(({ value, provisional }) => (provisional ? null : value)),
    provisional: points.map(({ value, provisional }, index) => (provisional || points[index + 1]?.provisional === true ? value : null)),
  };
}

/** A measure over time: what is provisional is dashed or hollow, and carries its line's colour. */
export function seriesChart(kind: "line" | "bar", lines: readonly Line[], format: string, words: { provisional: string }, colours: Colours): EChartsCoreOption {
  const base = shared(colours);
  const places = lines[0]?.points.map(spanText) ?? [];
  const many = lines.length > 1;
  const said = (at: number) =>
    lines.map(({ name, points }) => {
      const point = points[at];
      const mark = point?.provisional === true ? ` (${words.provisional})` : "";
      return `${name}: ${figureText(point?.value ?? null, format)}${mark}`;
    });
  const tell = ([first]: { dataIndex: number }[]) => (first === undefined ? "" : [places[first.dataIndex] ?? "", ...said(first.dataIndex)].join("\n"));
  return {
    ...base,
    tooltip: { ...base.tooltip, trigger: "axis", formatter: tell },
    legend: { show: many, type: "scroll", data: lines.map(({ name }) => name), textStyle: { color: colours.muted }, top: 0 },
    grid: { left: 8, right: 13, top: many ? 34 : 13, bottom: 5, containLabel: true },
    xAxis: { type: "category", data: places, ...axis(colours) },
    yAxis: { type: "value", ...axis(colours), axisLabel: { color: colours.muted, formatter: (value: number) => figureText(value, format) } },
    series: lines.flatMap(({ name, points }, index): object[] => {
      const colour = colours.series[index % colours.series.length] ?? colours.ink;
      if (kind === "bar") {
        const data = points.map(({ value, provisional }) => ({
          value,
          ...(provisional ? { itemStyle: { color: colours.paper, borderColor: colour, borderType: "dashed", borderWidth: 2 } } : {}),
        }));
        return [{ name, type: "bar", data, color: colour, barMaxWidth: 34 }];
      }
      const { settled, provisional } = partsOf(points);
      const shape = { type: "line", color: colour, symbolSize: 8 };
      return [
        { ...shape, name, data: settled, symbol: "circle" },
        ...(points.some((point) => point.provisional)
          ? [{ ...shape, name: `${name} (${words.provisional})`, data: provisional, symbol: "emptyCircle", lineStyle: { type: "dashed" } }]
          : []),
      ];
    }),
  };
}
