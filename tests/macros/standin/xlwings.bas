Attribute VB_Name = "xlwings"
Option Explicit

' Stands in for xlwings' own module, which LibreOffice cannot compile: the same RunPython, started without waiting,
' because the Python program speaks to LibreOffice, which must be free to answer.
Public Function RunPython(PythonCommand As String)
    Dim q As String
    q = Chr(34)
    Shell Environ("TJXL_PYTHON"), 0, "-B -c " & q & Environ("TJXL_PRELUDE") & ";" & PythonCommand & q & " " & q & "--wb=" & ThisWorkbook.Name & q & " --from_xl=1", False
    RunPython = 0
End Function
