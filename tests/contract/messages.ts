// All scenarios of the contract suite: every message of the protocol, both ways.
import { askScenarios } from "./messages/asks.ts";
import { baseScenarios } from "./messages/base.ts";
import { listScenarios } from "./messages/lists.ts";
import { pairScenarios } from "./messages/pairs.ts";
import { promptScenarios } from "./messages/prompts.ts";
import { resourceScenarios } from "./messages/resources.ts";
import type { Scenario } from "./messages/scenario.ts";
import { streamScenarios } from "./messages/streams.ts";
import { taskScenarios } from "./messages/tasks.ts";
import { toolScenarios } from "./messages/tools.ts";

export const everyMessage: Scenario[] = [
  ...baseScenarios,
  ...toolScenarios,
  ...streamScenarios,
  ...askScenarios,
  ...resourceScenarios,
  ...promptScenarios,
  ...taskScenarios,
  ...listScenarios,
  ...pairScenarios,
];
