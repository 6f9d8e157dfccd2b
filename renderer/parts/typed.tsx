/** A sentence in which what stands in backticks is to be typed. */
export function Typed({ text }: { text: string }) {
  return (
    <span>
      {text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}
    </span>
  );
}
