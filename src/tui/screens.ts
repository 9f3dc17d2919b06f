// The screens, in the order of their tabs.
import type { ScreenDefinition } from "./screen.ts";
import { backends } from "./screens/backends.ts";
import { capabilities } from "./screens/capabilities.ts";
import { clients } from "./screens/clients.ts";
import { config } from "./screens/config.ts";
import { dashboard } from "./screens/dashboard.ts";
import { events } from "./screens/events.ts";
import { security } from "./screens/security.ts";
import { sessions } from "./screens/sessions.ts";

export const SCREENS: readonly ScreenDefinition[] = [
  dashboard,
  backends,
  capabilities,
  sessions,
  events,
  security,
  config,
  clients,
];
