import { t } from "@lingui/core/macro";

import { count } from "../figures";
import { wholesOf, type Region } from "./overlap";

const fills = ["fill-info", "fill-warn", "fill-ok"];
// Circles of one size: what they share is told by the figures, which no area could.
const two = [
  { x: 240, y: 190 },
  { x: 380, y: 190 },
];
const three = [
  { x: 240, y: 160 },
  { x: 380, y: 160 },
  { x: 310, y: 270 },
];
const radius = 130;
/** Where the name of each circle stands: outside of it. */
const headings: Record<number, { x: number; y: number }[]> = {
  2: [
    { x: 190, y: 45 },
    { x: 430, y: 45 },
  ],
  3: [
    { x: 190, y: 20 },
    { x: 430, y: 20 },
    { x: 310, y: 416 },
  ],
};
const longest = 21;
const shortened = (name: string) => (name.length > longest ? `${name.slice(0, longest - 1)}…` : name);
const spots: Record<number, Record<string, { x: number; y: number }>> = {
  2: { "0": { x: 180, y: 194 }, "1": { x: 440, y: 194 }, "0,1": { x: 310, y: 194 } },
  3: {
    "0": { x: 175, y: 130 },
    "1": { x: 445, y: 130 },
    "2": { x: 310, y: 350 },
    "0,1": { x: 310, y: 110 },
    "0,2": { x: 235, y: 250 },
    "1,2": { x: 385, y: 250 },
    "0,1,2": { x: 310, y: 200 },
  },
};

interface VennProps {
  names: readonly string[];
  regions: readonly Region[];
}

/** Two or three sets and what they share; the same figures stand below as a table. */
export function Venn({ names, regions }: VennProps) {
  const circles = names.length === 2 ? two : three;
  const wholes = wholesOf(regions, names.length);
  const valueAt = (key: string) => regions.find((region) => region.sets.join() === key)?.value ?? 0;
  const label = (key: string) => key.split(",").map((index) => names[Number(index)]).join(" + ");
  return (
    <figure>
      <svg role="img" aria-label={t`Overlap of ${names.join(", ")}`} viewBox="60 0 500 420" className="mx-auto w-full max-w-618">
        {circles.map((circle, index) => (
          <circle key={names[index]} cx={circle.x} cy={circle.y} r={radius} opacity={0.21} className={`${fills[index] ?? ""} stroke-ink`} />
        ))}
        {(headings[names.length] ?? []).map(({ x, y }, index) => (
          <text key={`${x} ${y}`} x={x} y={y} textAnchor="middle" className="fill-ink text-12">
            {shortened(names[index] ?? "")}
          </text>
        ))}
        {Object.entries(spots[names.length] ?? {}).map(([key, { x, y }]) => (
          <text key={key} x={x} y={y} textAnchor="middle" className="fill-ink text-16 font-semibold">
            {count(valueAt(key))}
          </text>
        ))}
      </svg>
      <table className="mx-auto mt-13 text-12">
        <tbody>
          {names.map((name, index) => (
            <tr key={name}>
              <th scope="row" className="pr-21 text-left font-medium">
                {name}
              </th>
              <td className="text-right">{count(wholes[index] ?? 0)}</td>
            </tr>
          ))}
          {Object.keys(spots[names.length] ?? {})
            .filter((key) => key.includes(","))
            .map((key) => (
              <tr key={key}>
                <th scope="row" className="pr-21 text-left font-normal text-muted">
                  {label(key)}
                </th>
                <td className="text-right">{count(valueAt(key))}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  );
}
