// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A form that edits a FigureRequest: rows of controls made from figure arguments, there only where the kind of figure
// has a use for them. Which rows there are is in figure_content.cpp and figure_paper.cpp. GUI thread.
#pragma once

#include <QWidget>
#include <functional>
#include <vector>

#include "ui/figures/figure_arguments.h"

class QFormLayout;

namespace rankscope {

class FigureForm : public QWidget {
    Q_OBJECT
public:
    using Shown = std::function<bool(const FigureRequest&)>;  // none: always
    using Follower = std::function<void(const FigureRequest&)>;

    explicit FigureForm(QWidget* parent = nullptr);

    const FigureRequest& request() const { return m_request; }
    const FigureFormat& format() const { return *m_format; }
    void setRequest(const FigureRequest& request);  // emits nothing
    void setFormat(const FigureFormat& format);     // emits nothing

    // By a control, or by whoever changes several entries at once. Emits changed.
    void change(const std::function<void(FigureRequest&)>& edit);
    void chooseFormat(const FigureFormat& format);

    // Rows, from top to bottom. Labels carry the mnemonic; tips are tooltips.
    void addHeading(const QString& text);
    void addRow(const QString& label, QWidget* field, Shown shown = {});
    // The control of an argument, in a row of its own; `also`: what has to be besides what the argument asks for.
    QWidget* add(const FigureArgument& argument, Shown also = {});
    // A box for a choice, a number or a switch that reads and writes the request; it belongs to no row until one takes
    // it.
    QWidget* makeControl(const FigureArgument& argument);

    void alignLabels();  // once all rows are there

    void follow(Follower follower);  // called whenever the request or the format has changed

Q_SIGNALS:
    void changed();  // by the user

private:
    struct Row {
        QWidget* field;
        Shown shown;
    };
    void show();

    FigureRequest m_request;
    const FigureFormat* m_format;
    QFormLayout* m_layout;
    std::vector<Row> m_rows;
    std::vector<Follower> m_followers;
    bool m_showing = false;  // controls are being set, not used
};

// What is drawn: kind, panels, colours, what a chart shows besides its curves, the parts of a sheet.
void addFigureContent(FigureForm& form);

// The parts of a sheet show what the sheet itself would as a figure of their kinds; without any, it gets a few.
void fillSheet(FigureRequest& sheet);

// How it lies on paper: size, looks, the kind of file. Problems with the file of the user's presets go to `fail` as one
// line.
void addFigurePaper(FigureForm& form, const std::function<void(const QString& line)>& fail);

}  // namespace rankscope
