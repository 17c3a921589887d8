"""看板: a campaign, a group, two campaigns side by side, a year of rounds, and the wall."""
