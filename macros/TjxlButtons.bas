Attribute VB_Name = "TjxlButtons"
Option Explicit

' Each button runs the function of the same name in tjxl/buttons.py; nothing is decided here.

Public Sub issue()
    RunPython "import tjxl.buttons; tjxl.buttons.issue()"
End Sub

Public Sub collect()
    RunPython "import tjxl.buttons; tjxl.buttons.collect()"
End Sub

Public Sub merge()
    RunPython "import tjxl.buttons; tjxl.buttons.merge()"
End Sub

Public Sub undo()
    RunPython "import tjxl.buttons; tjxl.buttons.undo()"
End Sub

Public Sub refresh()
    RunPython "import tjxl.buttons; tjxl.buttons.refresh()"
End Sub

Public Sub check()
    RunPython "import tjxl.buttons; tjxl.buttons.check()"
End Sub

Public Sub open_inbox()
    RunPython "import tjxl.buttons; tjxl.buttons.open_inbox()"
End Sub

Public Sub help()
    RunPython "import tjxl.buttons; tjxl.buttons.help()"
End Sub

Public Sub remind()
    RunPython "import tjxl.buttons; tjxl.buttons.remind()"
End Sub

Public Sub bulletin()
    RunPython "import tjxl.buttons; tjxl.buttons.bulletin()"
End Sub

Public Sub score()
    RunPython "import tjxl.buttons; tjxl.buttons.score()"
End Sub
