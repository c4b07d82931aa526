import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";

import type { Flow, FlowEnd } from "./money-flow";

function word(end: FlowEnd): string {
  if (end === "escrow") return t`Still in escrow`;
  if (end === "refund_due") return t`Refunds under way`;
  if (end === "members") return t`Back with members`;
  if (end === "supplier_due") return t`Due to the supplier`;
  if (end === "supplier") return t`With the supplier`;
  return t`Income of the organisation`;
}

const colours: Record<FlowEnd, string> = {
  escrow: "fill-highlight",
  refund_due: "fill-warn",
  members: "fill-ok",
  supplier_due: "fill-info",
  supplier: "fill-info",
  income: "fill-muted",
};

const width = 618;
const tall = 144;
const gap = 21;
const node = 8;

function band(x1: number, y1: number, x2: number, y2: number, height: number): string {
  const bend = (x1 + x2) / 2;
  return (
    `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}` +
    `V${y2 + height}C${bend} ${y2 + height} ${bend} ${y1 + height} ${x1} ${y1 + height}Z`
  );
}

interface Band {
  end: FlowEnd;
  amount: number;
  from: number;
  to: number;
  height: number;
}

/** Where each band leaves escrow and where it arrives: the ends apart, so that each can be told from the next. */
function placeBands(flow: Flow, top: number): Band[] {
  const bands: Band[] = [];
  let from = top;
  let to = 0;
  for (const { to: end, amount } of flow.out) {
    const height = Math.max(2, (amount / flow.in) * tall);
    bands.push({ end, amount, from, to, height });
    from += (amount / flow.in) * tall;
    to += height + gap;
  }
  return bands;
}

/** Members -> escrow -> where it went, as bands whose width is the amount; every figure stands beside it as text. */
export function FlowPicture({ flow, currency }: { flow: Flow; currency: string }) {
  const money = (amount: number) => formatMoney(amount, currency);
  const middle = width * 0.382;
  const height = tall + gap * Math.max(0, flow.out.length - 1) + 8;
  const top = (height - tall) / 2;
  const bands = placeBands(flow, top);
  return (
    <figure className="grid items-center gap-21 md:grid-cols-[minmax(0,1.618fr)_minmax(0,1fr)]">
      <svg aria-hidden viewBox={`0 0 ${width} ${height}`} className="w-full">
        <path d={band(node, top, middle, top, tall)} className="fill-highlight" opacity={0.34} />
        <rect x={0} y={top} width={node} height={tall} className="fill-ink" />
        <rect x={middle} y={top} width={node} height={tall} className="fill-ink" />
        {bands.map((each) => (
          <g key={each.end}>
            <path d={band(middle + node, each.from, width - node, each.to, each.height)} className={colours[each.end]} opacity={0.34} />
            <rect x={width - node} y={each.to} width={node} height={each.height} className={colours[each.end]} />
          </g>
        ))}
      </svg>
      <table className="w-full text-12">
        <caption className="sr-only">{t`Where the money of this campaign is`}</caption>
        <tbody>
          <tr className="border-b border-line">
            <th scope="row" className="py-8 text-left font-medium">
              <Trans>From members into escrow</Trans>
            </th>
            <td className="py-8 text-right font-medium">{money(flow.in)}</td>
          </tr>
          {flow.out.map(({ to: end, amount }) => (
            <tr key={end} className="border-b border-line last:border-0">
              <th scope="row" className="py-8 text-left font-normal">
                <svg aria-hidden viewBox="0 0 8 8" className="mr-8 inline size-8">
                  <rect width={8} height={8} className={colours[end]} />
                </svg>
                {word(end)}
              </th>
              <td className="py-8 text-right">{money(amount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
