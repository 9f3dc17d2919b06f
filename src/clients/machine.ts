// Where applications keep their settings on this machine.
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";

export interface Machine {
  platform: NodeJS.Platform;
  home: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** The names in a folder; none where there is no such folder. */
  names(folder: string): string[];
}

/** The one that this program runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, home: homedir(), environment: process.env, names };
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether there is a file or a folder of this path. */
export function exists(machine: Machine, path: string): boolean {
  return machine.names(folderOf(machine, path)).includes(pathsOf(machine).basename(path));
}

/** The folder that a file is in. */
export function folderOf(machine: Machine, path: string): string {
  return pathsOf(machine).dirname(path);
}

/** Joins parts of a path as this machine does. */
export function join(machine: Machine, ...parts: string[]): string {
  return pathsOf(machine).join(...parts);
}

/** The path as people write it, with ~ for the home folder. */
export function tilde(path: string, { home }: Machine): string {
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path;
}

function pathsOf({ platform }: Machine): typeof posix {
  return platform === "win32" ? win32 : posix;
}

/** The folder of an application's settings: Application Support on macOS, AppData\Roaming on Windows, else as XDG says. */
export function settings(machine: Machine, ...parts: string[]): string {
  const { platform, home, environment } = machine;
  if (platform === "darwin") return join(machine, home, "Library", "Application Support", ...parts);
  if (platform === "win32")
    return join(machine, environment.APPDATA ?? join(machine, home, "AppData", "Roaming"), ...parts);
  return join(machine, environment.XDG_CONFIG_HOME || join(machine, home, ".config"), ...parts);
}

/** The same folder of applications that Windows has installed as a package, which see it in another place. */
export function packaged(machine: Machine, prefix: string, ...parts: string[]): string[] {
  const { platform, home, environment } = machine;
  if (platform !== "win32") return [];
  const packages = join(machine, environment.LOCALAPPDATA ?? join(machine, home, "AppData", "Local"), "Packages");
  return machine
    .names(packages)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(machine, packages, name, "LocalCache", "Roaming", ...parts));
}
