// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QWidget>

#include <stop_token>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTabBar;
class QThreadPool;
class QToolButton;
class QTreeView;

namespace turnstone {

class HexView;
class JsonItemModel;
class SafeBrowser;
class VectorView;
struct ValueReading;

/// One value in the form that suits it, with the other forms a click away: text, Markdown, JSON, image, vector, bytes. Values
/// are taken apart in the workers. GUI thread only.
class ValueView final : public QWidget
{
    Q_OBJECT

public:
    explicit ValueView(QThreadPool &workers, QWidget *parent = nullptr);

    void clear(const QString &sentence);
    void showProgress(const QString &text);
    /// `meaning` as the profile has it; `name` is for the file's name when the value is saved.
    void show(const Value &value, const QString &typeName, const QString &meaning, const QString &name);

private:
    void showReading(const ValueReading &reading);
    void showPage(const QString &page);
    void save();

    QThreadPool &m_workers;
    QLabel *m_about;
    QTabBar *m_tabs;
    QToolButton *m_copy;
    QToolButton *m_save;
    QStackedWidget *m_pages;
    QPlainTextEdit *m_text;
    SafeBrowser *m_markdown;
    QTreeView *m_json;
    JsonItemModel *m_jsonModel;
    QLabel *m_image;
    VectorView *m_vector;
    HexView *m_hex;
    Value m_value;
    QString m_typeName;
    QString m_name;
    QString m_chosenPage; // by the user; kept for values that have it
    std::stop_source m_stop;
    quint64 m_generation = 0;
};

} // namespace turnstone
