import { t } from "@lingui/core/macro";
import { Check, Copy } from "lucide-react";
import { useState } from "react";

interface CopyIdProps {
  value: string;
  /** Ids show their last eight characters unless asked for in full. */
  full?: boolean;
}

export function CopyId({ value, full = false }: CopyIdProps) {
  const [copied, setCopied] = useState(false);
  const shown = full || value.length <= 13 ? value : `…${value.slice(-8)}`;
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      title={value}
      aria-label={copied ? t`Copied ${shown}` : t`Copy ${shown}`}
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
      className="inline-flex max-w-full items-center gap-5 rounded-3 font-mono text-12 text-muted hover:text-ink"
    >
      <span className="truncate">{shown}</span>
      <Icon size={12} aria-hidden className="shrink-0" />
    </button>
  );
}
