import type * as Electron from 'electron';
import { type PopoverWindow, windowOptions } from './popover.ts';
import { type Box, popoverPosition } from './popover-position.ts';
import { WEB_PREFERENCES } from './security.ts';

/** Opens the window, empty and hidden. */
export function openWindow(
  BrowserWindow: typeof Electron.BrowserWindow,
  preload: string,
  hide: () => void,
): PopoverWindow {
  const options = windowOptions(process.platform, preload);
  const window = new BrowserWindow({
    ...options,
    webPreferences: { ...options.webPreferences, ...WEB_PREFERENCES },
  });
  // Over a full-screen app, too, on the space where the person is.
  if (process.platform === 'darwin')
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
  // The page closes itself on Escape, unless it is not there: an error page knows nothing of that.
  let answered = false;
  window.webContents.on('did-navigate', (_event, _url, status) => {
    answered = status === 200;
  });
  window.webContents.on('before-input-event', (_event, { type, key }) => {
    if (type === 'keyDown' && key === 'Escape' && !answered) hide();
  });
  return window;
}

/** Where the window goes: at the icon, or on the display where the mouse is. */
export function placeWindow(
  screen: Pick<Electron.Screen, 'getCursorScreenPoint' | 'getDisplayNearestPoint'>,
  icon: Box | null,
  size: { width: number; height: number },
): Box {
  const known = icon !== null && icon.width > 0;
  const point = known
    ? { x: Math.round(icon.x + icon.width / 2), y: Math.round(icon.y + icon.height / 2) }
    : screen.getCursorScreenPoint();
  return popoverPosition(
    icon ?? { x: 0, y: 0, width: 0, height: 0 },
    size,
    screen.getDisplayNearestPoint(point),
  );
}
