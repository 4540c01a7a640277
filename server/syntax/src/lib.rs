//! The text and structure of one Dockerfile: rope, instructions, words, trees, positions, edits.
