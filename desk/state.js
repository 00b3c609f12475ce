/** What the desk knows now, and who wants to hear of a change. Views read from `state` and never from each other. */

export const state = {
  /** Who is signed in, as GET /me says. */
  me: null,
  /** What the list shows. */
  filter: { queue: '', state: '', mine: false, search: '' },
  cases: [],
  /** Waiting and human cases of each queue. */
  counts: {},
  /** True while a further page of the list can be fetched. */
  more: false,
  /** error | '' of the last list request. */
  listFault: '',
  /** The conversation on screen: its id, and what GET /conversations/{id} said (null while it is fetched). */
  selected: null,
  talk: null,
  talkFault: '',
  agents: [],
  /** True while the buyer of the open conversation types. */
  buyerTypes: false,
};

const listeners = new Map();

/** Calls `handler(detail)` whenever `event` is emitted. */
export function on(event, handler) {
  for (const name of event.split(' ')) listeners.set(name, [...(listeners.get(name) ?? []), handler]);
}

/** Tells everybody who listens for `event`. */
export function emit(event, detail) {
  for (const handler of listeners.get(event) ?? []) handler(detail);
}

/** Returns the name to show for an agent's login name. */
export function agentName(name) {
  if (!name) return '';
  if (name === state.me?.name) return state.me.display_name;
  return state.agents.find((agent) => agent.name === name)?.display_name ?? name;
}

/** Returns whether the signed-in agent owns the open conversation. */
export const isMine = (talk = state.talk) => talk?.owner === 'human' && talk.assignee === state.me?.name;

/** Returns whether another agent owns the open conversation. */
export const isOthers = (talk = state.talk) => talk?.owner === 'human' && Boolean(talk.assignee) && !isMine(talk);

/** Returns whether the signed-in agent leads others. */
export const leads = () => ['lead', 'admin'].includes(state.me?.role);
