import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { ChangeSign } from "./change-sign";
import { figureText } from "./figure-text";
import type { ShownClient } from "./types";

export function ClientTable({ clients, format, compared }: { clients: readonly ShownClient[]; format: string; compared: boolean }) {
  const head = "py-3 pl-13 text-right font-medium";
  return (
    <div tabIndex={0} role="group" aria-label={t`By client`} className="mt-5 overflow-x-auto">
      <table className="w-full text-12">
        <thead>
          <tr className="text-muted">
            <th scope="col" className="py-3 text-left font-medium">
              <Trans>Client</Trans>
            </th>
            <th scope="col" className={head}>
              <Trans>Total</Trans>
            </th>
            {compared && (
              <>
                <th scope="col" className={head}>
                  <Trans>Was</Trans>
                </th>
                <th scope="col" className={head}>
                  <Trans>Change</Trans>
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {clients.map(({ name, total, base, change }, index) => (
            <tr key={index} className="border-t border-line">
              <th scope="row" className="max-w-144 truncate py-3 text-left font-normal">
                {name}
              </th>
              <td className="py-3 pl-13 text-right">{figureText(total, format)}</td>
              {compared && (
                <>
                  <td className="py-3 pl-13 text-right text-muted">{figureText(base, format)}</td>
                  <td className="py-3 pl-13 text-right">
                    <ChangeSign change={change} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
