"""What is printed and sent: official papers as PDF and DOCX, QR codes, iCalendar.

An `official.OfficialPaper` is what a document says, a `layouts.Layout` how such documents look; `pdf` and `word` bring them
together. None of them knows a table or a page. The documents are always in Vietnamese, whatever the language of who makes them.

`papers` is the other way round: files that people upload for a conference.
"""
