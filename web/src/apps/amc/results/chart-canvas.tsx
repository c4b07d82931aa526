import { BarChart, HeatmapChart, LineChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "react";

import type { Colours } from "./chart-options";

register([BarChart, HeatmapChart, LineChart, SankeyChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, LabelLayout, CanvasRenderer]);

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    paper: colour("paper"),
    series: ["info", "warn", "ok", "bad", "muted", "line-strong"].map(colour),
  };
}

/** Follows the theme, which a canvas does not do by itself. */
function useColours(): Colours {
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const watch = new MutationObserver(() => setColours(read()));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-preset"] });
    return () => watch.disconnect();
  }, []);
  return colours;
}

interface ChartCanvasProps {
  label: string;
  options: (colours: Colours) => EChartsCoreOption;
  /** Its height, when it does not stand alone. */
  className?: string;
}

export default function ChartCanvas({ label, options, className = "h-[55dvh] min-h-[377px]" }: ChartCanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const colours = useColours();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = init(element, null, { renderer: "canvas" });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setOption(options(colours), { notMerge: true }), [options, colours]);
  return <div ref={place} role="img" aria-label={label} className={`w-full ${className}`} />;
}
