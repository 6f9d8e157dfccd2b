/** As Electron tells them: whole points, the main display's upper left corner is 0,0, others may be negative. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Screen {
  bounds: Box;
  /** Without the menu bar and the Dock. */
  workArea: Box;
}

/** Between the icon and the window, and between the window and the edges of the work area. */
const GAP = 6;

/**
 * Where the window goes: centred on the icon, on the side where there is room, whole within the work area of the icon's
 * display. An icon without bounds (Linux does not tell) means the upper right corner.
 */
export function popoverPosition(icon: Box, size: { width: number; height: number }, screen: Screen): Box {
  const { workArea: area, bounds } = screen;
  const known = icon.width > 0 && icon.height > 0;
  const centre = { x: icon.x + icon.width / 2, y: icon.y + icon.height / 2 };
  const wished = known ? beside(icon, centre, size, screen) : { x: bounds.x + bounds.width, y: bounds.y };
  // One that is larger than the display shrinks rather than hang over.
  const width = Math.round(Math.min(size.width, area.width - 2 * GAP));
  const height = Math.round(Math.min(size.height, area.height - 2 * GAP));
  return {
    x: Math.round(clamp(wished.x, area.x + GAP, area.x + area.width - width - GAP)),
    y: Math.round(clamp(wished.y, area.y + GAP, area.y + area.height - height - GAP)),
    width,
    height,
  };
}

function beside(
  icon: Box,
  centre: { x: number; y: number },
  { width, height }: { width: number; height: number },
  { workArea: area }: Screen,
): { x: number; y: number } {
  const x = centre.x - width / 2;
  const y = centre.y - height / 2;
  // A bar on a side lies beyond the work area's edge.
  if (centre.x < area.x) return { x: icon.x + icon.width + GAP, y };
  if (centre.x > area.x + area.width) return { x: icon.x - width - GAP, y };
  const isBelow = centre.y > area.y + area.height / 2;
  return { x, y: isBelow ? icon.y - height - GAP : icon.y + icon.height + GAP };
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));
