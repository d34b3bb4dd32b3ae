// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QSettings;
class QThreadPool;

namespace turnstone {

class SecretStore;
class Tasks;

/// What panels and commands work with. Made by the program; all of it outlives them.
struct PanelServices
{
    QSettings &settings;
    /// For work on the processor; databases have threads of their own.
    QThreadPool &workers;
    SecretStore &secrets;
    Tasks &tasks;
    /// Where the program keeps what it writes for itself, each below a folder of its own: history, journals (data), and
    /// what can be made again (cache). Made when first needed.
    QString dataFolder;
    QString cacheFolder;
};

} // namespace turnstone
