import { clsx } from "clsx";
import { ImageOff } from "lucide-react";
import { useState } from "react";

interface PictureProps {
  src: string | null;
  /** What is on it, which also stands in its place when it cannot be shown. */
  name: string;
  className?: string;
}

/** A campaign's main picture; without one that loads, a quiet place with the product's name. */
export function Picture({ src, name, className }: PictureProps) {
  const [failed, setFailed] = useState<string | null>(null);
  const place = clsx("aspect-[1.618] bg-sunken", className);
  if (src === null || src === "" || failed === src) {
    return (
      <div className={clsx(place, "flex flex-col items-center justify-center gap-8 overflow-hidden p-8 text-center text-muted")}>
        <ImageOff size={26} strokeWidth={1.2} aria-hidden className="shrink-0" />
        <span className="max-w-full text-12 break-words">{name}</span>
      </div>
    );
  }
  return <img src={src} alt={name} loading="lazy" onError={() => setFailed(src)} className={clsx(place, "object-cover")} />;
}
