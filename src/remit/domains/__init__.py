"""The slices: each with its models, queries, actions and rules. Only frozen dataclasses cross from one to another."""
