import "./cube-map.css";

import { t } from "@lingui/core/macro";
import { clsx } from "clsx";

import type { Tone } from "@/ui/badge";
import { circles as places, path } from "@/ui/cube";
import { useNarrow } from "@/ui/use-narrow";

import type { Circle, Cube, CubeLine } from "../status-types";
import { health, rate } from "./flow-words";
import { bent, radius, weight } from "./geometry";

const strokes: Partial<Record<Tone, string>> = {
  ok: "stroke-ok",
  warn: "stroke-warn",
  bad: "stroke-bad",
};

interface CubeMapProps {
  cube: Cube;
  chosen: string | null;
  onChoose: (name: string | null) => void;
}

/** The thirteen circles and who calls whom. A picture: the table beside it says the same in words. */
export function CubeMap({ cube, chosen, onChoose }: CubeMapProps) {
  const narrow = useNarrow();
  const order = new Map(cube.circles.map((circle, index) => [circle.name, index]));
  return (
    <svg viewBox="7 7 86 86" aria-hidden className="mx-auto block w-full max-w-618">
      <path d={path} className="fill-none stroke-line" strokeWidth={0.21} />
      {cube.lines.map((line) => (
        <Line key={`${line.source}>${line.target}`} line={line} order={order} chosen={chosen} />
      ))}
      {cube.circles.map((circle, index) => (
        <Disc
          key={circle.name}
          circle={circle}
          number={index + 1}
          narrow={narrow}
          chosen={circle.name === chosen}
          onChoose={() => onChoose(circle.name === chosen ? null : circle.name)}
        />
      ))}
    </svg>
  );
}

function Line({ line, order, chosen }: { line: CubeLine; order: Map<string, number>; chosen: string | null }) {
  const from = places[order.get(line.source) ?? -1];
  const to = places[order.get(line.target) ?? -1];
  if (from === undefined || to === undefined) return null;
  const way = bent(from, to);
  const aside = chosen !== null && line.source !== chosen && line.target !== chosen;
  const colour = strokes[health(line)?.[0] ?? "neutral"] ?? "stroke-line-strong";
  return (
    <g className={clsx("fill-none", aside && "opacity-13")}>
      <path d={way} className={colour} strokeWidth={weight(line.calls_per_second ?? 0)} strokeLinecap="round" />
      <path d={way} className="cube-flow stroke-paper" strokeWidth={0.5} strokeLinecap="round" strokeDasharray="0.1 3.3" />
    </g>
  );
}

interface DiscProps {
  circle: Circle;
  number: number;
  narrow: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function Disc({ circle, number, narrow, chosen, onChoose }: DiscProps) {
  const place = places[number - 1];
  if (place === undefined) return null;
  const how = health(circle);
  const known = how !== null;
  const words = circle.title.split(" ");
  const top = place.y - (words.length > 1 ? 1.3 : 0);
  return (
    <g className="cursor-pointer" onClick={onChoose}>
      <title>{t`${circle.title}: ${rate(circle)}`}</title>
      <circle
        cx={place.x}
        cy={place.y}
        r={radius}
        className={clsx(
          chosen ? "fill-highlight" : known ? "fill-paper" : "fill-ground",
          known ? (strokes[how[0]] ?? "stroke-line-strong") : "stroke-line-strong",
        )}
        strokeWidth={known ? 0.55 : 0.21}
        strokeDasharray={known ? undefined : "0.8 0.8"}
      />
      {narrow ? (
        <text x={place.x} y={place.y + 1.6} textAnchor="middle" className={ink(chosen, known)} fontSize={4.6}>
          {number}
        </text>
      ) : (
        <>
          {words.map((word, line) => (
            <text
              key={word}
              x={place.x}
              y={top - 0.3 + line * 2.3}
              textAnchor="middle"
              className={clsx(ink(chosen, known), "font-semibold")}
              fontSize={1.75}
            >
              {word}
            </text>
          ))}
          <text
            x={place.x}
            y={top + 2.5 + (words.length - 1) * 2.3}
            textAnchor="middle"
            className={chosen ? "fill-on-highlight" : "fill-muted"}
            fontSize={1.75}
          >
            {rate(circle)}
          </text>
        </>
      )}
    </g>
  );
}

function ink(chosen: boolean, known: boolean): string {
  return chosen ? "fill-on-highlight" : known ? "fill-ink" : "fill-muted";
}
