// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/edit/profileactionrun.h"

#include <QDialog>

#include <map>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTimer;
class QWidget;

namespace turnstone {

/// One of the profile's actions: asks for its parameters, shows by a rehearsal what would happen, and stages it as edits or
/// runs it.
class ActionDialog final : public QDialog
{
    Q_OBJECT

public:
    ActionDialog(const DatabaseContext &context, const ProfileAction &action, std::vector<RowKey> keys, QWidget *parent = nullptr);

signals:
    void done(const turnstone::ActionReport &report);
    /// The rows are among the edits now, for review; nothing is written yet.
    void staged(int rows);

private:
    bool readParameters();
    void rehearse();
    void run();
    void stage();
    void setReady(bool isReady);
    void show(const ActionReport &report);

    const DatabaseContext m_context;
    const ProfileAction m_action;
    ActionRequest m_request;
    std::map<QString, QWidget *> m_fields;
    QLabel *m_sentence;
    QPlainTextEdit *m_sql;
    QPushButton *m_stage;
    QPushButton *m_run;
    QTimer *m_wait;
    quint64 m_generation = 0;
};

} // namespace turnstone
