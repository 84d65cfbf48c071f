Attribute VB_Name = "TjxlRibbon"
Option Explicit

' What the ribbon calls: each callback only calls the macro of the button. The control is an Object, not an
' IRibbonControl, so that no library but VBA's own is needed.

Public Sub OnIssue(control As Object)
    TjxlButtons.issue
End Sub

Public Sub OnCollect(control As Object)
    TjxlButtons.collect
End Sub

Public Sub OnMerge(control As Object)
    TjxlButtons.merge
End Sub

Public Sub OnUndo(control As Object)
    TjxlButtons.undo
End Sub

Public Sub OnRefresh(control As Object)
    TjxlButtons.refresh
End Sub

Public Sub OnCheck(control As Object)
    TjxlButtons.check
End Sub

Public Sub OnOpenInbox(control As Object)
    TjxlButtons.open_inbox
End Sub

Public Sub OnHelp(control As Object)
    TjxlButtons.help
End Sub

Public Sub OnRemind(control As Object)
    TjxlButtons.remind
End Sub

Public Sub OnBulletin(control As Object)
    TjxlButtons.bulletin
End Sub

Public Sub OnScore(control As Object)
    TjxlButtons.score
End Sub
