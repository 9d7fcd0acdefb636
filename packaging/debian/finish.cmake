# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run by CPack on the staged tree: what Debian wants of it and an ordinary prefix does not. Its copies of the licence are
# in /usr/share/common-licenses, and pages and changes are compressed.
set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
file(REMOVE ${share}/doc/rankscope/LICENSE)
file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/changelog ${share}/doc/rankscope/changelog)
file(GLOB pages ${share}/man/man1/*.1)
execute_process(COMMAND gzip -9n ${share}/doc/rankscope/changelog ${pages} COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE files LIST_DIRECTORIES false ${share}/*)
file(CHMOD ${files} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
