"""Formulas and their values, one line each. D! stands for the sheet '数据 表'; see `sample`.

`CASES` hold in Excel, LibreOffice and tjxl alike. `EXCEL_ONLY` are those where LibreOffice answers differently
(in its default locale); tjxl follows Excel there and writes none of them into its own workbooks.
"""

from __future__ import annotations

import re

from tjxl.formula import ExcelError, Value

# ruff: noqa: E501 - a table

DIV0, NA, NUM, REF, VALUE = map(ExcelError, ("#DIV/0!", "#N/A", "#NUM!", "#REF!", "#VALUE!"))

OPERATORS: list[tuple[str, Value]] = [
    ("1+2*3", 7), ("(1+2)*3", 9), ("-2^2", 4), ("2^3^2", 64), ("2^-1", 0.5), ("10-4-3", 3), ("8/4/2", 1),
    ("50%", 0.5), ("200%%", 0.02), ("-50%+1", 0.5), ("--3", 3), ("+-+3", -3), ("1.5e3", 1500), (".5", 0.5),
    ("0.1+0.2=0.3", True), ("0.3-0.1-0.2", 0), ("1/0", DIV0), ("(-8)^0.5", NUM),
    ('1&2+3', "15"), ('"他说""好"""', '他说"好"'), ('0.1+0.2&""', "0.3"),
    ('1/3&""', "0.333333333333333"), ('100000000000&""', "100000000000"), ('-0.5&"%"', "-0.5%"),
    ('1=1', True), ('1<>1', False), ('"abc"="ABC"', True), ('"a"<"B"', True), ('1<"a"', True), ('"9">10', True),
    ('"2022-06"<"2022-07"', True), ('2>=2', True), ('1<2=TRUE', True), ('"3"*2', 6), ('"x"*2', VALUE),
    ('D!A100=0', True), ('D!A100=""', True), ('D!A100', 0), ('D!A100&""', ""), ('D!A100+1', 1), ('#N/A', NA),
    ('#REF!+1', REF), ('1/0&"x"', DIV0), ('TRUE+1', 2), ('"2022-06-30"+1', 44743), ('-"5"', -5),
]  # fmt: skip

REFERENCES: list[tuple[str, Value]] = [
    ("D!I1", 3), ("D!$I$1+D!I$4", 5.5), ("SUM(D!J1:J5)", 25), ("SUM(D!J5:J1)", 25), ("SUM(D!$J:$J)", 25),
    ("SUM(D!1:1)", 13), ("COUNTA(台账[编码])", 10), ("SUM(台账[进度])", 5.05), ("ROWS(台账[])", 10),
    ("COLUMNS(台账)", 7),
    ("台账[[#Headers],[状态]]", "状态"), ("MAX(台账[预计（实际）完成日期])", 44926), ("SUM(台账[投资'[万元']])", 2558.5),
    ("COUNTA(台账[[#All],[编码]])", 11), ("COUNTA(台账[[编码]:[状态]])", 20),
    ("统计截止日", 44742), ("统计截止日+1", 44743), ("SUM(进度列)", 5.05), ("sum(d!j1:j2)", 4),
    ("D!N4", DIV0), ("SUM(D!N4:N7)", DIV0), ("D!N6=\"\"", True), ("LEN(D!N6)", 0),
]  # fmt: skip

LOGIC: list[tuple[str, Value]] = [
    ("IF(1>0,\"是\",\"否\")", "是"), ("IF(FALSE,1)", False), ("IF(TRUE,,1)", 0), ("IF(D!A100,1,2)", 2),
    ("IF(TRUE,1,1/0)", 1), ("IF(1/0,1,2)", DIV0), ("IF(TRUE,D!A100)", 0), ("SUM(IF(TRUE,D!J1:J3,D!J4))", 9),
    ('IF(D!I2="文字",IF(D!I3,"甲","乙"),"丙")', "甲"), ("IFERROR(1/0,\"错\")", "错"), ("IFERROR(5,1/0)", 5),
    ("IFERROR(1/0,1/0)", DIV0), ("AND(TRUE,1,2>1)", True), ("AND(TRUE,FALSE)", False), ("OR(FALSE,0)", False),
    ("OR(D!I1:I5)", True), ("AND(FALSE,1/0)", DIV0), ("OR(TRUE,1/0)", DIV0), ("NOT(1)", False), ("NOT(D!A100)", True),
    ("CHOOSE(2,\"a\",\"b\",1/0)", "b"), ("CHOOSE(4,1,2)", VALUE), ("SUM(CHOOSE(1,D!J1:J2,D!J3))", 4),
    ("ISNUMBER(D!I1)", True), ("ISNUMBER(\"1\")", False), ("ISBLANK(D!A100)", True), ("ISBLANK(D!N6)", False),
    ("ISTEXT(D!I2)", True), ("ISTEXT(D!A100)", False), ("ISERROR(1/0)", True), ("ISNA(#N/A)", True),
    ("ISNA(1/0)", False), ("N(D!I1)", 3), ("N(\"a\")", 0), ("N(TRUE)", 1), ("T(D!I2)", "文字"), ("T(1)", ""),
    ("TRUE()", True), ("IF(AND(D!I1>2,D!I1<4),\"中\",\"外\")", "中"),
]  # fmt: skip

MATHS: list[tuple[str, Value]] = [
    ("SUM(D!I5)", 0), ("COUNT(1,\"2\",\"x\")", 2),
    ("COUNTA(D!I1:I10)", 9), ("COUNTA(D!N4:N7)", 4), ("COUNTBLANK(D!I1:I10)", 1), ("COUNTBLANK(D!N4:N8)", 2),
    ("MAX(D!I1:I10)", 10), ("MIN(D!I1:I10)", -1), ("MAX(D!A100:A101)", 0), ("AVERAGE(D!J1:J5)", 5),
    ("AVERAGE(D!A100:A101)", DIV0), ("ROUND(2.5,0)", 3), ("ROUND(-2.5,0)", -3), ("ROUND(2.675,2)", 2.68),
    ("ROUND(1.005,2)", 1.01), ("ROUND(1234.5,-2)", 1200), ("ROUNDUP(1.01,0)", 2), ("ROUNDUP(-1.01,0)", -2),
    ("ROUNDDOWN(1.99,0)", 1), ("ROUNDDOWN(-1.99,1)", -1.9), ("INT(-0.5)", -1), ("INT(2.9)", 2), ("MOD(7,3)", 1),
    ("MOD(-7,3)", 2), ("MOD(7,-3)", -2), ("MOD(1,0)", DIV0), ("MOD(5.5,2)", 1.5), ("ABS(-3)", 3),
    ("LARGE(D!J1:J5,2)", 7), ("SMALL(D!J1:J5,2)", 3), ("RANK(7,D!J1:J5)", 2),
    ("RANK(7,D!J1:J5,1)", 4),
    ("SUMPRODUCT(D!J1:J5,D!L1:L5)", 85), ("SUMPRODUCT((D!J1:J5>3)*1)", 3), ("SUMPRODUCT((D!J1:J5>3)*D!L1:L5)", 9),
    ("SUMPRODUCT(--(台账[状态]=\"滞后\"))", 3), ("SUMPRODUCT((台账[状态]=\"滞后\")*(台账[核定状态]=\"\"))", 2),
    ("SUMPRODUCT((LEN(D!K1:K5)>0)*1)", 5), ("SUMPRODUCT(1/COUNTIF(台账[状态],台账[状态]))", 5),
    ("SUMPRODUCT(ISNUMBER(FIND(\"推进\",台账[状态]))*1)", 3), ("SUMPRODUCT((MONTH(D!E4:E7)=6)*1)", 1),
    ("SUMPRODUCT(D!J1:J5,D!J1:J4)", VALUE),
    ("SUMPRODUCT((D!J1:J5>2)*(D!J1:J5<8)*D!J1:J5)", 15),
    ("AGGREGATE(15,6,ROW(D!J1:J5)/(D!J1:J5>3),1)", 3), ("AGGREGATE(14,6,D!J1:J5/(D!J1:J5<8),1)", 7),
    ("AGGREGATE(15,6,ROW(台账[编码])/(台账[状态]=\"滞后\"),2)", 10),
    ("IFERROR(AGGREGATE(15,6,ROW(D!J1:J5)/(D!J1:J5>3),4),\"\")", ""), ("AGGREGATE(9,6,D!N4:N7)", 4),
    ("AGGREGATE(4,6,D!N4:N7)", 4), ("AGGREGATE(5,6,D!J1:J5)", 1),
]  # fmt: skip

CONDITIONAL: list[tuple[str, Value]] = [
    ('COUNTIFS(台账[核定状态],"滞后")+COUNTIFS(台账[状态],"滞后",台账[核定状态],"")', 3),
    ('COUNTIF(台账[状态],"滞后")', 3), ('COUNTIFS(台账[状态],"滞后",台账[核定状态],"")', 2),

    ('COUNTIF(台账[编码],"T007")', 1), ('COUNTIF(台账[编码],"t00*")', 9), ('COUNTIF(台账[编码],"T00?")', 9),
    ('COUNTIF(台账[状态],"<>滞后")', 7), ('COUNTIF(台账[核定状态],"<>")', 2), ('COUNTIF(台账[核定状态],"")', 8),
    ('COUNTIF(台账[进度],">=0.5")', 5), ('COUNTIF(台账[进度],">="&0.5)', 5), ('COUNTIF(台账[进度],1)', 2),
    ('COUNTIF(台账[进度],"<0.5")', 4), ('COUNTIF(台账[进度],"<=50%")', 5), ('COUNTIF(台账[进度],"0.35")', 1),
    ('COUNTIF(台账[说明],"abc")', 2), ('COUNTIF(台账[说明],"abc~*def")', 1), ('COUNTIF(台账[说明],"abc*")', 3),
    ('COUNTIF(台账[说明],"*题~?")', 1), ('COUNTIF(台账[说明],"<>*")', 2), ('COUNTIF(台账[说明],"*")', 8),
    ('COUNTIF(台账[预计（实际）完成日期],"<"&统计截止日)', 3), ('COUNTIF(D!$E:$E,">44800")', 4),
    ('COUNTIFS(D!$B:$B,"滞后",D!$D:$D,">0.25")', 2), ('COUNTIF(D!J1:J5,D!J3)', 1), ('COUNTIF(D!I1:I10,D!A100)', 1),
    ('COUNTIF(D!N4:N7,"#N/A")', 1), ('COUNTIF(台账[状态],"无此")', 0), ('COUNTIFS(台账[编码],">T005")', 5),
    ('SUMIF(台账[状态],"正常推进",台账[进度])', 1.55), ('SUMIFS(台账[进度],台账[状态],"滞后",台账[核定状态],"")', 0.5),
    ('SUMIF(D!J1:J5,">3")', 21), ('SUMIF(D!K1:K5,"五",D!J1)', 5), ('AVERAGEIF(台账[状态],"已完成",台账[进度])', 1),
    ('AVERAGEIFS(台账[进度],台账[状态],"滞后")', 1.4 / 3), ('AVERAGEIF(台账[状态],"无此",台账[进度])', DIV0),
    ('AVERAGEIF(D!J1:J5,">=5")', 7), ('SUMIFS(台账[进度],台账[编码],"T00*",台账[进度],"<>1")', 2.75),
    ('COUNTIFS(台账[状态],"滞后",D!J1:J5,1)', VALUE), ('SUMPRODUCT(COUNTIF(台账[状态],D!K1:K2))', 0),
    ('COUNTIF(D!$B:$B,"")=1048576-COUNTA(D!$B:$B)', True), ('SUM(COUNTIF(台账[状态],"*推进"),1)', 4),
    ('COUNTIF(台账[说明],"=1+1")', 0), ('COUNTIF(台账[说明],"==1+1")', 1),
]  # fmt: skip

LOOKUPS: list[tuple[str, Value]] = [
    ("INDEX(D!J1:J5,3)", 5), ("INDEX(D!J1:K5,3,2)", "五"), ("SUM(INDEX(D!J1:L5,0,1))", 25),
    ("SUM(INDEX(D!J1:L2,2,0))", 10), ("INDEX(D!J1:L1,3)", 9), ("MATCH(5,D!J1:J5,0)", 3), ("MATCH(6,D!J1:J5,1)", 3),
    ("MATCH(6,D!J1:J5)", 3), ("MATCH(0,D!J1:J5)", NA), ("MATCH(6,D!L1:L5,-1)", 2), ("MATCH(\"五\",D!K1:K5,0)", 3),
    ("MATCH(\"t003\",台账[编码],0)", 3), ("MATCH(\"*调整\",台账[状态],0)", 6),
    ("INDEX(台账[状态],MATCH(\"T006\",台账[编码],0))", "申请调整"), ("VLOOKUP(\"T004\",台账,4,FALSE)", 0.35),
    ("VLOOKUP(\"T004\",D!A4:D13,2,0)", "正常推进"), ("VLOOKUP(\"X\",台账,4,FALSE)", NA), ("VLOOKUP(6,D!J1:K5,2)", "五"),
    ("VLOOKUP(6,D!J1:K5,2,TRUE)", "五"), ("VLOOKUP(\"T005\",台账,4,FALSE)", 0),
    ("LOOKUP(6,D!J1:J5,D!K1:K5)", "五"), ("LOOKUP(6,D!J1:K5)", "五"), ("LOOKUP(0,D!J1:J5)", NA),
    ("LOOKUP(2,1/(台账[状态]=\"滞后\"),台账[编码])", "T010"), ("LOOKUP(2,1/(D!K1:K5=\"三\"),D!J1:J5)", 3),
    ("IFERROR(LOOKUP(2,1/(D!K1:K5=\"无\"),D!J1:J5),\"无\")", "无"),
    ("LOOKUP(2,1/((台账[状态]=\"正常推进\")*(台账[进度]<0.6)),台账[编码])", "T004"),
    ("ROW(D!J7)", 7), ("COLUMN(D!J7)", 10), ("ROWS(D!J1:K5)", 5), ("COLUMNS(D!J1:K5)", 2), ("COLUMN()", 1),
    ("ROWS(D!J:J)", 1048576), ("ROW(D!J2:J5)", 2), ("MATCH(1,INDEX((D!J1:J5>2)*(D!J1:J5<6),0),0)", 2),
    ("VLOOKUP(\"T004\",台账,0,FALSE)", VALUE),
]  # fmt: skip

TEXTS: list[tuple[str, Value]] = [
    ('LEN("滞后 ")', 3), ("LEN(D!A100)", 0), ("LEN(12.5)", 4), ('TRIM("  a  b ")', "a b"), ("TRIM(D!G5)", "土地 手续 未办结"),
    ('CLEAN("a"&CHAR(10)&"b")', "ab"), ('SUBSTITUTE("a-b-c","-","/")', "a/b/c"), ('SUBSTITUTE("a-b-c","-","/",2)', "a-b/c"),
    ('SUBSTITUTE("a","","x")', "a"), ('LEFT("滞后原因",2)', "滞后"), ('LEFT("ab")', "a"), ('LEFT("ab",9)', "ab"),
    ('RIGHT("滞后原因",2)', "原因"), ('RIGHT("ab",0)', ""), ('MID("abcdef",2,3)', "bcd"), ('MID("abc",5,2)', ""),
    ('MID("abc",0,2)', VALUE), ('LEFT("a",-1)', VALUE), ('FIND("b","abcb")', 2), ('FIND("b","abcb",3)', 4),
    ('FIND("B","abc")', VALUE), ('SEARCH("B","abc")', 2), ('SEARCH("b?d","abcd")', 2), ('REPT("■",3)', "■■■"),
    ('REPT("a",0)', ""), ('UPPER("aB")', "AB"), ('LOWER("aB")', "ab"), ('EXACT("a","A")', False), ('EXACT("a","a")', True),
    ("CHAR(65)", "A"), ('CODE("A")', 65), ('VALUE("12.5")', 12.5),
    ('VALUE("80%")', 0.8), ('VALUE("1,234")', 1234), ('VALUE("abc")', VALUE), ('VALUE("2022-06-30")', 44742),
    ('TEXT(0.456,"0%")', "46%"), ('TEXT(0.456,"0.0%")', "45.6%"), ('TEXT(2.5,"0")', "3"), ('TEXT(-2.5,"0")', "-3"),
    ('TEXT(44742,"yyyy-mm-dd")', "2022-06-30"), ('TEXT(44742,"yyyy年m月d日")', "2022年6月30日"), ('TEXT(1234.5,"0.00")', "1234.50"),
    ('TEXT(44742,"m月d日")', "6月30日"), ('TEXT(1234567,"#,##0")', "1,234,567"), ('TEXT(5,"000")', "005"),
    ('TEXT("文字","0")', "文字"), ('TEXT(0,"0%")', "0%"), ('HYPERLINK("#公式!A1","看")', "看"), ('HYPERLINK("http://a")', "http://a"),
    ('LEN(SUBSTITUTE(SUBSTITUTE("　a ","　","")," ",""))', 1), ('ISNUMBER(SEARCH("推进",D!B4))', True),
    ('"共"&COUNTA(台账[编码])&"项，完成"&TEXT(2/10,"0.0%")', "共10项，完成20.0%"), ('T(D!A100)&"x"', "x"),
]  # fmt: skip

DATES: list[tuple[str, Value]] = [
    ("DATE(2022,6,30)", 44742), ("DATE(2022,14,1)", 44958), ("DATE(2022,3,0)", 44620), ("DATE(2022,-1,1)", 44501),
    ("YEAR(44742)", 2022), ("MONTH(44742.9)", 6), ("DAY(44742)", 30), ("EOMONTH(44742,1)", 44773), ("EOMONTH(44742,-4)", 44620),
    ("EDATE(DATE(2022,1,31),1)", 44620), ("EDATE(44742,12)", 45107), ("DATE(2024,2,29)-DATE(2023,2,28)", 366),
    ('YEAR("2022-06-30")', 2022), ("TEXT(统计截止日,\"yyyy年m月\")", "2022年6月"),
    ('IF(统计截止日>DATE(2022,6,1),"过期","")', "过期"),
]  # fmt: skip

EXCEL_ONLY: list[tuple[str, Value]] = [
    # LibreOffice 7.4 finds nothing where the first of several criteria asks for blanks. Put it later.
    ('COUNTIFS(台账[核定状态],"滞后")+COUNTIFS(台账[核定状态],"",台账[状态],"滞后")', 3),
    # Booleans are numbers in LibreOffice.
    ('"a"&1&TRUE', "a1TRUE"),
    ("SUM(D!I1:I10)", 17.5),
    ("COUNT(D!I1:I10)", 6),
    ("SUMPRODUCT(D!I1:I3,D!J1:J3)", 3),
    ('CONCATENATE("a",1,TRUE)', "a1TRUE"),
    ("SUMPRODUCT(D!J1:J5>3)", 0),
    # A lone part of a table has no counterpart; a table's bare name includes its header.
    ("ROWS(台账)", 10),
    ("ROWS(台账[#All])", 11),
    ("ROWS(台账[#Data])", 10),
    ("INDEX(台账[#Headers],1,2)", "状态"),
    # Text read as a number or date, and text against numbers.
    ("SUM(1,\"2\",TRUE)", 4),
    ("MATCH(\"3\",D!J1:J5,0)", NA),
    ('"2022/6/30"+0', 44742),
    ('VALUE("2022/6/30")', 44742),
    ("COUNTIF(D!F4:F13,120)", 1),
    ("MATCH(D!A100,D!I1:I10,0)", 8),
    ("MAX(\"5\",2)", 5),
    ('IF("TRUE",1,2)', 1),
    # An empty text is found at the start.
    ('FIND("","abc")', 1),
    ('SEARCH("","abc",2)', 2),
    # Other error values, or a value instead of one.
    ("LARGE(D!J1:J5,6)", NUM),
    ("RANK(8,D!J1:J5)", NA),
    ("INDEX(D!J1:J5,6)", REF),
    ("VLOOKUP(5,D!J1:K5,9,FALSE)", REF),
    ("YEAR(-1)", NUM),
    ("0^0", NUM),
    # 0.285 * 100 falls just short of 28.5 in binary; round before TEXT.
    ('TEXT(0.285,"0%")', "29%"),
    # The calendar before March 1900, and two-digit years.
    ("YEAR(D!A100)", 1900),
    ("DATE(22,1,1)", 8037),
]  # fmt: skip


def _spelled(cases: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """With the sheet's name in the place of D!"""
    return [(re.sub("[Dd]!", "'数据 表'!", text), expected) for text, expected in cases]


CASES = _spelled(OPERATORS + REFERENCES + LOGIC + MATHS + CONDITIONAL + LOOKUPS + TEXTS + DATES)
EXCEL_ONLY = _spelled(EXCEL_ONLY)
