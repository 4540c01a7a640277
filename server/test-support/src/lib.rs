//! Fixture text to documents, cursor and caret markers, a scripted builder.
