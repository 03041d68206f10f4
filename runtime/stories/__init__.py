"""A dataset, a version and a printed key in; everything that is known of that candidate, out."""

from runtime.stories.story import Call, Rejection, Story, latest_rejections, story

__all__ = ["Call", "Rejection", "Story", "latest_rejections", "story"]
