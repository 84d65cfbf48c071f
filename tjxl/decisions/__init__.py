"""The office's answers in 待裁决 and its edits of 责任单位, carried out: answers → draft → edits of the master."""
