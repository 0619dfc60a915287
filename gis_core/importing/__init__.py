"""Reading files that people bring, in a child process without network, with limits on memory, time and content. Without Django."""
