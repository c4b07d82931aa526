import type { EChartsCoreOption } from "echarts/core";

import { cellText, toNumber } from "./cells";
import type { Flow } from "./paths";
import type { PivotGrid } from "./result-types";

/** The page's colours, so that a drawing on canvas belongs to the page. */
export interface Colours {
  ink: string;
  muted: string;
  line: string;
  paper: string;
  series: string[];
}

export const axis = (colours: Colours) => ({
  axisLabel: { color: colours.muted },
  axisLine: { lineStyle: { color: colours.line } },
  splitLine: { lineStyle: { color: colours.line } },
});

export function shared(colours: Colours) {
  return {
    aria: { enabled: true },
    animation: false,
    color: colours.series,
    textStyle: { color: colours.ink, fontFamily: "Inter Variable, system-ui, sans-serif" },
    // Drawn on the canvas: the page allows no markup with styles of its own.
    tooltip: {
      renderMode: "richText",
      backgroundColor: colours.paper,
      borderColor: colours.line,
      textStyle: { color: colours.ink },
    },
  };
}

const keyText = (key: PivotGrid["row_keys"][number]) => key.map(cellText).join(" · ");

export function barsOrLine(kind: "bar" | "line", grid: PivotGrid, colours: Colours): EChartsCoreOption {
  const names = grid.columns.length === 0 ? [grid.measures[0]?.column ?? ""] : grid.column_keys.map(keyText);
  const base = shared(colours);
  return {
    ...base,
    tooltip: { ...base.tooltip, trigger: "axis" },
    legend: { show: names.length > 1, type: "scroll", textStyle: { color: colours.muted }, top: 0 },
    grid: { left: 13, right: 13, top: names.length > 1 ? 44 : 13, bottom: 13, containLabel: true },
    xAxis: { type: "category", data: grid.row_keys.map(keyText), ...axis(colours) },
    yAxis: { type: "value", ...axis(colours) },
    series: names.map((name, index) => ({
      name,
      type: kind,
      data: grid.row_keys.map((_, row) => toNumber(grid.cells[row]?.[index]?.[0] ?? null)),
      ...(kind === "line" ? { symbolSize: 5 } : { barMaxWidth: 34 }),
    })),
  };
}

export function heatMap(grid: PivotGrid, colours: Colours): EChartsCoreOption {
  const data = grid.row_keys.flatMap((_, row) =>
    grid.column_keys.map((_key, column) => [column, row, toNumber(grid.cells[row]?.[column]?.[0] ?? null)]),
  );
  const values = data.flatMap((cell) => cell[2] ?? []);
  return {
    ...shared(colours),
    grid: { left: 13, right: 13, top: 13, bottom: 68, containLabel: true },
    xAxis: { type: "category", data: grid.column_keys.map(keyText), ...axis(colours) },
    yAxis: { type: "category", data: grid.row_keys.map(keyText), ...axis(colours) },
    visualMap: {
      min: Math.min(...values, 0),
      max: Math.max(...values, 1),
      calculable: true,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      textStyle: { color: colours.muted },
      inRange: { color: [colours.paper, colours.series[0] ?? colours.ink] },
    },
    series: [{ type: "heatmap", data, itemStyle: { borderColor: colours.line, borderWidth: 1 } }],
  };
}

const thing = (node: string) => node.replace(/^\d+\. /, "");

export function sankey({ nodes, links }: Flow, colours: Colours): EChartsCoreOption {
  // One thing has one colour at whatever step it stands.
  const things = [...new Set(nodes.map(({ name }) => thing(name)))];
  const strong = colours.series.slice(0, 4);
  const colourOf = (name: string) => strong[things.indexOf(thing(name)) % strong.length] ?? colours.ink;
  return {
    ...shared(colours),
    series: [
      {
        type: "sankey",
        data: nodes.map(({ name, step }) => ({ name, depth: step, itemStyle: { color: colourOf(name) } })),
        links,
        left: 13,
        right: 144,
        top: 13,
        bottom: 13,
        nodeGap: 8,
        emphasis: { focus: "adjacency" },
        label: { color: colours.ink },
        // On a phone the steps stand closer than their names are long: the rest is told by the tooltip.
        labelLayout: { hideOverlap: true },
        lineStyle: { color: "source", opacity: 0.34 },
      },
    ],
  };
}
