import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";

import { Badge } from "@/ui/badge";

import type { Circle, Cube, Flow } from "../status-types";
import { errors, health, mean, rate } from "./flow-words";

interface CubeTableProps {
  cube: Cube;
  chosen: string | null;
  onChoose: (name: string | null) => void;
}

const head = "py-5 pl-8 text-right font-medium text-muted";
const cell = "pl-8 text-right whitespace-nowrap";

/** The Cube in words: every circle, and beneath one that is chosen the calls it makes and takes. */
export function CubeTable({ cube, chosen, onChoose }: CubeTableProps) {
  const titles = new Map(cube.circles.map((circle) => [circle.name, circle.title]));
  const titled = (name: string) => titles.get(name) ?? name;
  return (
    <table className="w-full text-12">
      <caption className="sr-only">{t`Calls of the last minute`}</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className="py-5 text-left font-medium text-muted">
            <Trans>Circle</Trans>
          </th>
          <th scope="col" className={head}>
            <Trans>Calls</Trans>
          </th>
          <th scope="col" className={head}>
            <Trans>Errors</Trans>
          </th>
          <th scope="col" className={clsx(head, "hidden sm:table-cell")}>
            <Trans>Mean</Trans>
          </th>
          <th scope="col" className={clsx(head, "w-89")}>
            <Trans>State</Trans>
          </th>
        </tr>
      </thead>
      {cube.circles.map((circle, index) => {
        const open = circle.name === chosen;
        return (
          <tbody key={circle.name} className={clsx("border-b border-line last:border-0", open && "bg-soft")}>
            <tr>
              <th scope="row" className="text-left font-normal">
                <button
                  type="button"
                  aria-expanded={open}
                  className="flex min-h-34 w-full items-center gap-8 text-left hover:underline"
                  onClick={() => onChoose(open ? null : circle.name)}
                >
                  <span className="w-13 text-right text-muted sm:hidden">{index + 1}</span>
                  {circle.title}
                </button>
              </th>
              <Figures flow={circle} />
              <td className="text-right">
                <Health flow={circle} />
              </td>
            </tr>
            {open && <Calls cube={cube} circle={circle} titled={titled} />}
          </tbody>
        );
      })}
    </table>
  );
}

interface CallsProps {
  cube: Cube;
  circle: Circle;
  titled: (name: string) => string;
}

function Calls({ cube, circle, titled }: CallsProps) {
  const lines = cube.lines.filter(({ source, target }) => source === circle.name || target === circle.name);
  if (lines.length === 0) {
    return (
      <tr>
        <td colSpan={5} className="pb-8 pl-13 text-muted">
          <Trans>No call to or from another circle in the last minute.</Trans>
        </td>
      </tr>
    );
  }
  return lines.map((line) => (
    <tr key={`${line.source}>${line.target}`} className="text-muted">
      <th scope="row" className="py-3 pl-13 text-left font-normal">
        {line.source === circle.name ? t`to ${titled(line.target)}` : t`from ${titled(line.source)}`}
      </th>
      <Figures flow={line} />
      <td className="text-right">
        <Health flow={line} />
      </td>
    </tr>
  ));
}

function Figures({ flow }: { flow: Flow }) {
  return (
    <>
      <td className={clsx(cell, flow.calls_per_second === null && "text-muted")}>{rate(flow)}</td>
      <td className={cell}>{errors(flow)}</td>
      <td className={clsx(cell, "hidden sm:table-cell")}>{mean(flow)}</td>
    </>
  );
}

function Health({ flow }: { flow: Flow & { state?: string | null } }) {
  const how = health(flow);
  return how === null ? null : <Badge tone={how[0]}>{how[1]}</Badge>;
}
