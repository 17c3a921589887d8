"""What the boards show that no desk answers by itself: spans of days, places, two campaigns."""
