// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/memorysecretstore.h"
#include "views/panels/panelservices.h"
#include "views/panels/tasks.h"

#include <QCoreApplication>
#include <QMap>
#include <QSettings>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QWidget>

namespace turnstone {

/// Notes what a panel tells of its work.
class NotedTasks final : public Tasks
{
public:
    int begin(const QString &text, std::function<void()> cancel = {}) override
    {
        texts.append(text);
        running.insert(++last, std::move(cancel));
        return last;
    }
    void setProgress(int, qint64, qint64) override {}
    void setText(int, const QString &) override {}
    void end(int id) override { running.remove(id); }
    void note(const QString &text) override { texts.append(text); }

    QStringList texts;
    QMap<int, std::function<void()>> running;
    int last = 0;
};

/// What a panel works with, without a window around it.
struct PanelBench
{
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    QThreadPool workers;
    MemorySecretStore secrets;
    NotedTasks tasks;
    PanelServices services{settings, workers, secrets, tasks, folder.path(), folder.path()};
};

/// Saves a picture into the folder that TURNSTONE_TEST_PICTURES names, if it names one.
inline void takePicture(QWidget &widget, const QString &name)
{
    const QString folder = qEnvironmentVariable("TURNSTONE_TEST_PICTURES");
    QCoreApplication::processEvents(); // charts lay out their axes
    if (!folder.isEmpty())
        widget.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
}

} // namespace turnstone
