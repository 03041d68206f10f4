"""What an editor asks of an analysis: question and answer stand together in a spec's text, as marks."""
