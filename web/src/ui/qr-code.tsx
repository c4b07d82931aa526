import { useMemo } from "react";
import { encode } from "uqr";

interface QrCodeProps {
  text: string;
  label: string;
}

/** Dark on light in either theme, with the quiet zone a camera needs: one path, no image to fetch. */
export function QrCode({ text, label }: QrCodeProps) {
  const { path, size } = useMemo(() => {
    const { data, size: side } = encode(text, { ecc: "M", border: 4 });
    const rows = data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join(""));
    return { path: rows.join(""), size: side };
  }, [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-[200px] rounded-5 border border-line bg-[#ffffff]"
    >
      <path d={path} fill="#1f1f1f" />
    </svg>
  );
}
