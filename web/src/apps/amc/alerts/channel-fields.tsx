import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Mail, Trash2, Webhook } from "lucide-react";

import { Button, IconButton } from "@/ui/button";
import { TextField } from "@/ui/field";

import { channelError } from "./condition-draft";
import type { Channel } from "./types";

interface ChannelFieldsProps {
  channels: readonly Channel[];
  onChange: (channels: Channel[]) => void;
  /** Says what is wrong also where nobody has typed yet. */
  strict: boolean;
}

const most = 5;

/** Who is told: up to five addresses, of people or of programs. */
export function ChannelFields({ channels, onChange, strict }: ChannelFieldsProps) {
  const set = (index: number, channel: Channel) => onChange(channels.map((one, at) => (at === index ? channel : one)));
  const full = channels.length >= most;
  return (
    <fieldset className="flex flex-col gap-13">
      <legend className="mb-8 text-12 font-semibold">
        <Trans>Tell whom</Trans>
      </legend>
      {channels.map((channel, index) => (
        <div key={index} className="flex items-start gap-5">
          <ChannelField channel={channel} strict={strict} onChange={(next) => set(index, next)} />
          {channels.length > 1 && (
            <IconButton
              label={t`Take it away`}
              className="mt-21"
              onClick={() => onChange(channels.filter((_, at) => at !== index))}
            >
              <Trash2 size={13} aria-hidden />
            </IconButton>
          )}
        </div>
      ))}
      <div className="flex flex-wrap gap-8">
        <Button icon={<Mail size={13} aria-hidden />} disabled={full} onClick={() => onChange([...channels, { kind: "mail", to: "" }])}>
          <Trans>Add an e-mail</Trans>
        </Button>
        <Button icon={<Webhook size={13} aria-hidden />} disabled={full} onClick={() => onChange([...channels, { kind: "webhook", url: "" }])}>
          <Trans>Add a webhook</Trans>
        </Button>
      </div>
    </fieldset>
  );
}

function ChannelField({ channel, strict, onChange }: { channel: Channel; strict: boolean; onChange: (channel: Channel) => void }) {
  const wrong = strict ? channelError(channel) : null;
  if (channel.kind === "mail") {
    return (
      <TextField
        className="flex-1"
        label={t`E-mail to`}
        hint={t`Members are mailed at once; anybody else is asked first.`}
        type="email"
        autoComplete="email"
        value={channel.to}
        onChange={(event) => onChange({ kind: "mail", to: event.target.value })}
        {...(wrong === null ? {} : { error: t`Enter an e-mail address` })}
      />
    );
  }
  return (
    <TextField
      className="flex-1"
      label={t`Webhook`}
      hint={t`A signed POST goes there each time.`}
      type="url"
      placeholder="https://"
      value={channel.url}
      onChange={(event) => onChange({ kind: "webhook", url: event.target.value })}
      {...(wrong === null ? {} : { error: t`Enter an address that begins with https://` })}
    />
  );
}
