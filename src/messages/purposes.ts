/** What each command reads keys or changes something for, as it stands on the record; a command that asks for a purpose of its own says it instead. By command. */
export const purposes: Readonly<Record<string, string>> = {
  pull: "take a snapshot of the app's Kakao users, to compare them with the members",
  "map-members": "attach existing members to their Kakao ids",
  "unlink-orphans": "end links at Kakao that no member stands behind, and clear links that Kakao no longer has",
  undo: "take the links of a run back",
  "audit-consent": "see what users have agreed to",
  approve: "approve a plan of somebody else's",
  "runs abandon": "give an interrupted run up",
  "runs consents": "hand out the consents that were kept before unlinking",
  purge: "destroy what is no longer needed",
  "keys rotate": "put a new key in the place of the workspace's",
};
