"""The reference world: the flood and the epidemic of 2021 and a live drill, all of it invented."""
