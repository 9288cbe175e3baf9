"""Pages for people at head office: plain HTML made on the server, in German and English, without scripts."""
