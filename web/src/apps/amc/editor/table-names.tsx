/** Names of tables, one a line: none is broken where there is room for it. */
export function TableNames({ names }: { names: readonly string[] }) {
  return (
    <ul className="font-mono text-12 text-muted">
      {names.map((name) => (
        <li key={name} className="break-words">
          {name}
        </li>
      ))}
    </ul>
  );
}
