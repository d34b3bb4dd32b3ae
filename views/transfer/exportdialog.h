// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/documents/documentrequest.h"
#include "models/transfer/exportjob.h"
#include "views/panels/panelservices.h"

#include <QDialog>
#include <QTimer>
#include <QVariantMap>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace turnstone {

class MessageBar;
class TransferProgress;

/// Chooses what to export, how, and where to; the first rows show what the file will look like. Choices can be kept under a
/// name; the last ones come back. Nothing blocks; closing the dialog stops what runs, and no file appears then.
class ExportDialog final : public QDialog
{
    Q_OBJECT

public:
    /// `place` may be empty; `record` is the key of the record at hand in it, if there is one.
    ExportDialog(const PanelServices &services, DatabaseContext context, const TablePlace &place, RowKey record, QWidget *parent = nullptr);
    ~ExportDialog() override;

    void done(int result) override;

private:
    enum class What { Rows, Tree, Document, Chat };

    void build();
    QWidget *buildOptions();
    void fillTables(const TablePlace &place);
    void tableChanged();
    void whatChanged();
    void optionsChanged();
    What what() const;
    const CatalogTable *table() const;
    FormatOptions format() const;
    Result<ExportSource> source() const;
    DocumentRequest request() const;
    QString recordText() const;
    void preview();
    void chooseFile();
    void start();
    void finished(const Result<ExportReport> &report, const QString &path);

    QVariantMap choices() const;
    void setChoices(const QVariantMap &choices);
    void loadPresets();
    void savePreset();
    void removePreset();

    const PanelServices m_services;
    const DatabaseContext m_context;
    const TablePlace m_place;
    const RowKey m_record;
    QComboBox *m_table = nullptr;
    QComboBox *m_what = nullptr;
    QCheckBox *m_onlyRecord = nullptr;
    QCheckBox *m_onlyShown = nullptr;
    QListWidget *m_columns = nullptr;
    QComboBox *m_format = nullptr;
    QComboBox *m_separator = nullptr;
    QComboBox *m_quoting = nullptr;
    QLineEdit *m_null = nullptr;
    QCheckBox *m_header = nullptr;
    QCheckBox *m_mark = nullptr;
    QCheckBox *m_crlf = nullptr;
    QComboBox *m_blobs = nullptr;
    QComboBox *m_json = nullptr;
    QComboBox *m_times = nullptr;
    QComboBox *m_presets = nullptr;
    QPlainTextEdit *m_preview = nullptr;
    QLineEdit *m_file = nullptr;
    QPushButton *m_export = nullptr;
    MessageBar *m_message = nullptr;
    TransferProgress *m_progress = nullptr;
    QTimer m_delay;
    int m_previewed = 0; // which preview was asked for last
    std::stop_source m_previewStop;
    bool m_isSetting = false;
};

} // namespace turnstone
