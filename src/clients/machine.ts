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

/** Joins parts of a path as this machine does. */
export function join({ platform }: Machine, ...parts: string[]): string {
  return (platform === "win32" ? win32 : posix).join(...parts);
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
