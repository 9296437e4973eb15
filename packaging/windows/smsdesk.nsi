; The Windows installer. NOT TRIED YET on Windows: only that makensis accepts it is tested
; (tests/packaging). On Windows, after the steps in docs/install.md:
;
;   makensis /DVERSION=0.1.0 packaging\windows\smsdesk.nsi
;
; It installs for this user alone, and so asks for no administrator; it takes sms: addresses; and
; it leaves the message log and the credentials when the program is removed.

!ifndef VERSION
  !error "say /DVERSION=..."
!endif
!ifndef FOLDER
  !define FOLDER "..\..\dist\smsdesk"
!endif
!ifndef OUTPUT
  !define OUTPUT "..\..\dist\smsdesk-${VERSION}-setup.exe"
!endif
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\SMSDesk"
!define CAPABILITIES "Software\SMSDesk\Capabilities"

Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true
Name "SMS Desk"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\SMS Desk"
InstallDirRegKey HKCU "Software\SMSDesk" "Folder"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "SMS Desk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installs SMS Desk"
VIAddVersionKey "CompanyName" "The SMS Desk team"
VIAddVersionKey "LegalCopyright" "MIT licence"

!include "MUI2.nsh"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Section "SMS Desk"
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}\*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\SMS Desk.lnk" "$INSTDIR\smsdeskw.exe"

  WriteRegStr HKCU "Software\SMSDesk" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "SMS Desk"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The SMS Desk team"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\smsdeskw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1

  ; Offered under Settings > Default apps; it takes nothing away from another program.
  WriteRegStr HKCU "Software\Classes\SMSDesk.sms" "" "SMS Desk"
  WriteRegStr HKCU "Software\Classes\SMSDesk.sms" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\SMSDesk.sms\shell\open\command" "" '"$INSTDIR\smsdeskw.exe" "%1"'
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "SMS Desk"
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "Sends text messages through Vonage"
  WriteRegStr HKCU "${CAPABILITIES}\URLAssociations" "sms" "SMSDesk.sms"
  WriteRegStr HKCU "${CAPABILITIES}\URLAssociations" "smsto" "SMSDesk.sms"
  WriteRegStr HKCU "Software\RegisteredApplications" "SMSDesk" "${CAPABILITIES}"
SectionEnd

Section "Uninstall"
  ; By name, and not the whole folder: the person may have chosen one with other things in it.
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\smsdesk.exe"
  Delete "$INSTDIR\smsdeskw.exe"
  Delete "$INSTDIR\smsdesk.cdx.json"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\SMS Desk.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Classes\SMSDesk.sms"
  DeleteRegValue HKCU "Software\RegisteredApplications" "SMSDesk"
  DeleteRegKey HKCU "Software\SMSDesk"
  ; The start at login, which the Settings may have switched on.
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "smsdesk"
SectionEnd
