// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/core/result.h"
#include "models/migration/convertedcopy.h"
#include "views/panels/panelservices.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace turnstone {

class MessageBar;
class TransferProgress;

/// From a SQLite database of an old schema to a new file of a newer one: copies, transforms, checks the counts, opens it. The old
/// file is only read. Nothing blocks; closing the dialog stops what runs, and no half file stays.
class ConvertDialog final : public QDialog
{
    Q_OBJECT

public:
    ConvertDialog(const PanelServices &services, DatabaseContext context, QWidget *parent = nullptr);

    void done(int result) override;

signals:
    void openRequested(const QString &path);

private:
    void build();
    void look();
    void chooseFile();
    void convert();
    void finished(const Result<ConvertedCopy> &copy);

    const PanelServices m_services;
    const DatabaseContext m_context;
    QLabel *m_about = nullptr;
    QComboBox *m_variant = nullptr;
    QLineEdit *m_file = nullptr;
    QPlainTextEdit *m_counts = nullptr;
    MessageBar *m_message = nullptr;
    TransferProgress *m_progress = nullptr;
    QPushButton *m_convert = nullptr;
    QString m_made;
};

} // namespace turnstone
