"""What somebody is typing and did not send yet, and which forms were sent already."""
