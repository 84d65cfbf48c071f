@echo off
rem tjxl 离线安装：双击运行。需要已安装 64 位 Python {python}。
setlocal
cd /d "%~dp0"
py -{python} -c "import struct,sys; sys.exit(struct.calcsize('P') != 8)"
if errorlevel 1 (
  echo 没有找到 64 位 Python {python}，请先安装（安装时勾选 py launcher），再运行本文件。
  pause
  exit /b 1
)
py -{python} -m venv "%LOCALAPPDATA%\tjxl"
if errorlevel 1 goto failed
"%LOCALAPPDATA%\tjxl\Scripts\python.exe" -m pip install --no-index --find-links wheels --upgrade tjxl
if errorlevel 1 goto failed
"%LOCALAPPDATA%\tjxl\Scripts\tjxl.exe" doctor
echo.
echo 安装完成。下一步见“安装说明.txt”。
pause
exit /b 0
:failed
echo 安装没有完成，请把以上文字拍照发给技术支持。
pause
exit /b 1
