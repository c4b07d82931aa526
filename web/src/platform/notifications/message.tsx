import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import type { Mail } from "@/kernel/api-types";
import { formatInstant } from "@/kernel/time";
import { Facts, Sheet } from "@/ui/page";
import { Tabs } from "@/ui/tabs";

import { findLinks } from "./links";

export function Message({ mail }: { mail: Mail }) {
  const [tab, setTab] = useState("text");
  const text = <MailText text={mail.text} />;
  return (
    <Sheet className="p-21">
      <h2 className="text-20 font-semibold break-words">{mail.subject}</h2>
      <div className="mt-8 mb-13 border-b border-line pb-5">
        <Facts
      dense
          facts={[
            [<Trans key="from">From</Trans>, mail.from],
            [<Trans key="to">To</Trans>, mail.to.join(", ")],
            [<Trans key="at">Received, in real time</Trans>, formatInstant(mail.received_at)],
          ]}
        />
      </div>
      {mail.html === null ? (
        text
      ) : (
        <Tabs
          label={t`Form of the message`}
          value={tab}
          onChange={setTab}
          tabs={[
            { value: "text", label: <Trans>Text</Trans>, content: text },
            { value: "html", label: <Trans>As sent</Trans>, content: <MailHtml html={mail.html} /> },
          ]}
        />
      )}
    </Sheet>
  );
}

function MailText({ text }: { text: string }) {
  return (
    <p className="text-16 break-words whitespace-pre-wrap">
      {findLinks(text).map((piece, index) =>
        piece.href === null ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} className="text-link underline underline-offset-2">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}

/** No script, no form, no origin of ours: a mail may only be looked at; its links open a new tab. */
function MailHtml({ html }: { html: string }) {
  return (
    <iframe
      title={t`Message as sent`}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      srcDoc={`<base target="_blank">${html}`}
      className="h-[500px] w-full rounded-5 border border-line bg-[#ffffff]"
    />
  );
}
