# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What `cmake --install` puts where, and the Debian package made of it. The program finds nothing by a path: all that it
# reads is compiled in, so the installed tree may be moved.
include(GNUInstallDirs)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(id org.rankscope.Rankscope)
set(share ${CMAKE_INSTALL_DATADIR})

# A LibTorch outside the system's folders is found by the installed program, too.
if(RANKSCOPE_TORCH_PREFIX AND NOT RANKSCOPE_TORCH_PREFIX MATCHES "^/usr/?$")
  set_target_properties(rankscope PROPERTIES INSTALL_RPATH ${RANKSCOPE_TORCH_PREFIX}/lib)
endif()
install(TARGETS rankscope)
install(FILES resources/desktop/${id}.desktop DESTINATION ${share}/applications)
install(FILES resources/desktop/${id}.metainfo.xml DESTINATION ${share}/metainfo)
install(FILES resources/desktop/${id}.mime.xml DESTINATION ${share}/mime/packages)
install(FILES resources/icons/rankscope.svg DESTINATION ${share}/icons/hicolor/scalable/apps RENAME ${id}.svg)
install(FILES resources/icons/session-document.svg DESTINATION ${share}/icons/hicolor/scalable/mimetypes
        RENAME application-x-rankscope-session.svg)
foreach(size 16 22 24 32 48 64 128 256 512)
  install(FILES resources/icons/hicolor/${size}.png DESTINATION ${share}/icons/hicolor/${size}x${size}/apps
          RENAME ${id}.png)
endforeach()
install(DIRECTORY ${RANKSCOPE_MANUAL}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1"
        PATTERN bash EXCLUDE PATTERN zsh EXCLUDE PATTERN fish EXCLUDE)
install(FILES ${RANKSCOPE_MANUAL}/bash/rankscope DESTINATION ${share}/bash-completion/completions)
install(FILES ${RANKSCOPE_MANUAL}/zsh/_rankscope DESTINATION ${share}/zsh/vendor-completions)
install(FILES ${RANKSCOPE_MANUAL}/fish/rankscope.fish DESTINATION ${share}/fish/vendor_completions.d)
install(FILES resources/example/example-corpus.txt resources/example/smollm2-example.h5
        DESTINATION ${share}/doc/rankscope/examples)
install(FILES README.md core/session/SESSION_FORMAT.md packaging/debian/copyright DESTINATION ${share}/doc/rankscope)
install(FILES LICENSE DESTINATION ${share}/doc/rankscope)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rankscope)
set(CPACK_PACKAGE_VENDOR "The Rankscope developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "effective rank of attention on real text, head by head")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/finish.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Rankscope developers <rankscope@rankscope.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qt6-wayland, fonts-dejavu-core")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Rankscope is for people who study language models. It reads the files of a
model, runs a text through it, and shows for every attention head how many
components its logits have on that text, beside how many its query and key
weights offer: a grid of all layers and heads, the scree curves behind every
number, null models to compare with, tables, and figures for papers.
.
It is a desktop program and a command line. Nothing leaves the computer.")
include(CPack)
