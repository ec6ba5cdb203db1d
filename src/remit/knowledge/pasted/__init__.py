"""What a rep pastes about a prospect, read for facts. Reads only: what is found is a proposal that a person confirms."""
